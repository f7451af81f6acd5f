namespace FastRun.Layers.Images;

/// <summary>What was found where an image's record is looked for.</summary>
public enum RecordState
{
    /// <summary>The image is there.</summary>
    Present,

    /// <summary>There is no such image, or it is being removed.</summary>
    Absent,

    /// <summary>The record is damaged or was written by another version.</summary>
    Damaged,

    /// <summary>The image had not reached the disk when the machine lost power.</summary>
    Lost,
}
